# Exercise 2: convert seconds into h:m:s
total_seconds = 7385

hours = total_seconds // 3600
remaining = total_seconds % 3600
minutes = remaining // 60
seconds = remaining % 60

print(f"{total_seconds} seconds is {hours}:{minutes:02d}:{seconds:02d}")
