def say(x):
    print(x, end=" ")
    return x

data = [0, 0, 0]
data[say(1)] = say(2)
i = 0
i, data[i] = 2, "moved"
(data[0], i), j = (i, 5), say("last")
x = y = say(3) + say(4)
d = {say("k"): say("v")}
print(data, i, j, x is y, d)
