base = 2

class Powers:
    table = []
    for n in range(3):
        table.append(base ** n)
    if len(table) > 2:
        big = True
    print("in the body", table)

    def first(self):
        return self.table[0]

    del n

print(Powers.big, hasattr(Powers, "n"), Powers().first())
