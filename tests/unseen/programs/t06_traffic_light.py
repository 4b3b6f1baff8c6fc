# stdin: ["yellow"]
colour = input("Which colour is the light? ").strip().lower()

if colour == "red":
    print("Stop!")
elif colour == "yellow":
    print("Get ready...")
elif colour == "green":
    print("Go!")
else:
    print("Is the light broken?")
