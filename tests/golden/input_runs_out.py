# stdin: ["12", ""]
total = 0
while True:
    text = input("> ")
    if text == "":
        print("empty")
    else:
        total += int(text)
