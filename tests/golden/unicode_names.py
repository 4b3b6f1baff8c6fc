größe = 3
π = 3.14
名前 = "太郎"
def прив(имя): return "Привет, " + имя
print(прив(名前), größe * π)
class Café: ñ = "é"; emoji = "🙂"
print(Café.ñ, Café.emoji, len(Café.emoji), 名前[0])
text = f"{größe=} {'naïve'!a}"
print(text, "tab\t", "e\u0301")
