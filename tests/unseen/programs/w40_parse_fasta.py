text = """>seq1 human
ATGC
GGTA
>seq2 mouse
ATG

>seq3
TTTTGA"""

records = {}
current = None
for line in text.split("\n"):
    line = line.strip()
    if not line:
        continue
    if line.startswith(">"):
        parts = line[1:].split()
        current = parts[0]
        species = parts[1] if len(parts) > 1 else "unknown"
        records[current] = {"species": species, "seq": ""}
    else:
        records[current]["seq"] += line

print(len(records), "records")
for name, rec in records.items():
    print(name, rec["species"], rec["seq"], len(rec["seq"]), sep="\t")

longest = max(records, key=lambda r: len(records[r]["seq"]))
print("longest:", longest)
removed = records.pop("seq2")
print(removed)
print(list(records.keys()))
print(records.pop("seq9", "not there"))
