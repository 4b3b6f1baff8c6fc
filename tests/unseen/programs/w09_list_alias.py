# from lesson 4: lists are not copied!
control = [3, 5, 8]
treated = control
backup = control[:]

treated.append(99)
treated[0] = 0
print("control", control)
print("treated", treated)
print("backup ", backup)
print(control is treated, control is backup, control == backup)

# and with a function
def add_sample(samples, value):
    samples.append(value)
    samples = [1, 1, 1]     # does this change the outside? -> no
    return len(samples)

n = add_sample(backup, 7)
print(n, backup)
