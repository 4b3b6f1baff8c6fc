# The bus leaves at 23:50 and needs 35 minutes.
hour = 23
minute = 50
trip = 35

minute = minute + trip
hour = (hour + minute // 60) % 24
minute = minute % 60
print(f"Arrival: {hour:02d}:{minute:02d}")
