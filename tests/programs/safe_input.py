# tags: input exceptions while
# stdin: ["abc", "4.5", "6"]
def read_int():
    while True:
        raw = input("Enter a whole number: ")
        try:
            return int(raw)
        except ValueError:
            print("not a whole number:", raw)

n = read_int()
print("square:", n * n)
