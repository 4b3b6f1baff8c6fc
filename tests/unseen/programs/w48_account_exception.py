class NotEnough(Exception):
    pass

class Bottle:
    def __init__(self, label, ml):
        self.label = label
        self.ml = ml
        self.log = []

    def pour(self, amount):
        if amount > self.ml:
            raise NotEnough(f"{self.label}: only {self.ml} ml left")
        self.ml -= amount
        self.log.append(amount)

buffer = Bottle("PBS", 250)
for a in [100, 120, 80, 30]:
    try:
        buffer.pour(a)
    except NotEnough as e:
        print("problem ->", e)
    else:
        print("poured", a, "left", buffer.ml)
    finally:
        print("log is", buffer.log)

print("total poured:", sum(buffer.log))
buffer.pour(1)
print("never printed I think")
