# stdin: ["1234", "0000", "4711", "9999"]
secret = "4711"
tries = 3

while tries > 0:
    pin = input("PIN: ")
    if pin == secret:
        print("Phone unlocked")
        break
    tries -= 1
    print(f"Wrong! {tries} left")
else:
    print("Phone locked. Bye!")
print("Tries left:", tries)
