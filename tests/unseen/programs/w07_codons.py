table = {
    "ATG": "M", "TTT": "F", "GGC": "G", "AAA": "K",
    "TGG": "W", "TAA": "*", "TAG": "*", "TGA": "*",
}

def translate(seq, start=0):
    protein = ""
    for i in range(start, len(seq) - 2, 3):
        codon = seq[i:i+3]
        aa = table.get(codon, "?")
        print(i, codon, aa)
        if aa == "*":
            print("STOP")
            break
        protein += aa
    else:
        print("no stop codon found...")
    return protein

s1 = "ATGTTTGGCTAAAAA"
s2 = "ATGTGGCCCAA"
print(translate(s1))
print("-----")
print(translate(s2))
print("-----")
# try the wrong frame
print(translate(s1, start=1))
