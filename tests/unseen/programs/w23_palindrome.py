words = ["Anna", "kayak", "gene", "Radar"]
for w in words:
    low = w.lower()
    if low == low[::-1]:
        print(w, "palindrome")
    else:
        print(w, "no")
