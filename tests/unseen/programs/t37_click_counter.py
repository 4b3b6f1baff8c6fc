# Closures: every button remembers its own clicks
def make_button(label):
    clicks = 0

    def press(times=1):
        nonlocal clicks
        clicks += times
        return f"[{label}] {clicks}"

    return press


like = make_button("like")
share = make_button("share")

print(like())
print(like())
print(share(5))
print(like(10))

actions = {"l": like, "s": share}
for key in "lsx":
    if key in actions:
        print(key, actions[key]())
    else:
        print(key, "does nothing")
