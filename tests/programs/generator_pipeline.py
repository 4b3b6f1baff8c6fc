# tags: generators strings functions
def clean(lines):
    for line in lines:
        line = line.strip()
        if line:
            yield line

def number(lines):
    n = 1
    for line in lines:
        yield f"{n}. {line}"
        n += 1

for out in number(clean(["  one ", "", "two  "])):
    print(out)
