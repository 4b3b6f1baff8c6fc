# tags: classes generators for
class Countdown:
    def __init__(self, start):
        self.start = start

    def __iter__(self):
        n = self.start
        while n > 0:
            yield n
            n -= 1

    def __len__(self):
        return self.start

c = Countdown(3)
print(len(c))
for number in c:
    print(number, end=" ")
print("liftoff")
