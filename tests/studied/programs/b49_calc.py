# stdin: ["3 + 4", "9 / 0", "2 ^ 5", "seven * 2", "10 / 4", "end"]
ops = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}
history = []
line = input()
while line != "end":
    left, op, right = line.split()
    try:
        res = ops[op](int(left), int(right))
    except ZeroDivisionError:
        print("dividing by zero!!")
    except KeyError as e:
        print("unknown:", e)
    except ValueError:
        print("bad number in", repr(line))
    else:
        history.append(res)
        print("=", res)
    line = input()
print("history", history, "sum", sum(history))
