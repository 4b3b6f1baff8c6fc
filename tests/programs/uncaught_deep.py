# tags: functions crash exceptions
def parse(text):
    return int(text)

def total(fields):
    result = 0
    for f in fields:
        result += parse(f)
    return result

print(total(["1", "2"]))
try:
    print(total(["3", "x"]))
except TypeError:
    print("this handler does not match")
