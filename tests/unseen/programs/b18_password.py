# stdin: ["hallo", "12345678", "Sommer24x", "extra"]
tries = 0
ok = False
while not ok:
    pw = input("New password: ")
    tries += 1
    hasDigit = False
    hasUpper = False
    for i in range(len(pw)):
        if pw[i].isdigit() == True:
            hasDigit = True
        if pw[i].isupper() == True:
            hasUpper = True
    if len(pw) < 8:
        print("too short")
    elif hasUpper == False:
        print("no capital letter")
    elif not hasDigit:
        print("no number")
    else:
        ok = True
print("Saved after", tries, "tries:", "*" * (len(pw) - 2) + pw[-2:])
