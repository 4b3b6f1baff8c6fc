import sys

print("a", 1, None, sep="|", end="")
print()
print("x\ny", end="!\n")
sys.stdout.write("raw\n")
print("to stderr", file=sys.stderr)
for c in "ab":
    print(c, end=" ", flush=True)
print(*[], "end")
