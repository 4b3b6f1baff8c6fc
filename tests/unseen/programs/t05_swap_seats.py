left, right = "Tom", "Aylin"
print(left, right)
left, right = right, left
print(left, right)

front, *middle, back = ["Ben", "Cleo", "Dana", "Emil", "Finn"]
print(front, "|", middle, "|", back)
