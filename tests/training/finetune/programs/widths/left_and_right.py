word = "sand"
left = f"[{word:<7}]"
right = f"[{word:>7}]"
print(left)
print(right)
