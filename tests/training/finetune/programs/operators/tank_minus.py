class Tank:
    def __init__(self, litres):
        self.litres = litres

    def __sub__(self, used):
        return Tank(self.litres - used)


tank = Tank(40)
for trip in [5, 8]:
    tank = tank - trip
print(tank.litres)
