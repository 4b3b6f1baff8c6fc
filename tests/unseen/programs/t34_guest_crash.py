# The guest list at the door
tables = {"Mina": 1, "Jonas": 2, "Sofia": 2}
arrived = ["Sofia", "Mina", "jonas"]

count = [0, 0, 0]
for guest in arrived:
    print(guest, end=" -> ")
    table = tables[guest]
    count[table] += 1
    print("table", table)
print(count)
