class Turn:
    def __enter__(self):
        return self

    def __exit__(self, *about):
        print("end of turn")

for n in range(5):
    with Turn():
        if n == 0:
            continue
        if n == 2:
            break
        print(n)
print("out at", n)
