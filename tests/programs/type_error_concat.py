# tags: strings ints crash
apples = 5
message = "I have " + str(apples) + " apples"
print(message)
message = "You have " + apples + " apples"
print(message)
