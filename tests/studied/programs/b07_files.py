files = ["math_hw1.py", "bio.docx", "math_test.pdf", "ART.PY"]
pys = []
for f in files:
    if f.endswith(".py") == True:
        pys.append(f)
print(pys, len(pys))
print([f.replace("math_", "") for f in files if f.startswith("math")])
endings = {f.split(".")[1].lower() for f in files}
print(sorted(endings), "py" in endings)
