# Caesar cipher, Hausaufgabe Informatik 10b
def verschluessle(text, schluessel=3):
    ergebnis = ""
    for zeichen in text:
        if zeichen.isalpha():
            if zeichen.isupper():
                start = ord("A")
            else:
                start = ord("a")
            neu = (ord(zeichen) - start + schluessel) % 26
            ergebnis = ergebnis + chr(start + neu)
        else:
            ergebnis = ergebnis + zeichen
    return ergebnis

geheim = verschluessle("Xyz, Ab!")
print(geheim)
print(verschluessle(geheim, -3))
print(verschluessle("Hi", schluessel=29))
