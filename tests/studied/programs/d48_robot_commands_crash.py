# Exercise 48: robot on a line of squares
# Why does the last command crash? How would you protect the robot?

class Robot:
    def __init__(self, squares):
        self.squares = squares
        self.position = 0
        self.collected = []

    def move(self, steps):
        self.position += steps
        thing = self.squares[self.position]
        if thing is not None:
            self.collected.append(thing)
            self.squares[self.position] = None
        return thing


squares = ["key", None, "coin", "gem", None]
robbie = Robot(squares)

commands = "R2 R1 L2 L2 R7"
for command in commands.split():
    direction, amount = command[0], int(command[1:])
    if direction == "L":
        amount = -amount
    found = robbie.move(amount)
    print(command, "at", robbie.position, "found", found)

print("Collected:", robbie.collected)
