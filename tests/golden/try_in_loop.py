total = 0
for text in ["4", "x", "0", "stop", "9"]:
    try:
        if text == "stop":
            break
        value = 8 // int(text)
    except ValueError:
        print("skip", text)
        continue
    except ZeroDivisionError:
        value = 0
    else:
        print("fine")
    finally:
        total += 1
    print(value)
else:
    print("no break")
print(total)
