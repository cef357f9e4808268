# Yalnızca alanlarından oluşan sayfalar

list-state = Durum
list-state-present = Kayıtlı
list-bin = Silinenler
list-bin-empty = Silinmiş kayıt yok
list-bin-empty-text = Yanlışlıkla silinen bir kayıt burada durur ve geri getirilebilir.
list-none-found = Eşleşen kayıt yok
list-none-found-text = Başka bir sözcük deneyin veya filtreleri temizleyin.
form-back = Listeye dön
form-edit = { $name }: düzelt
form-next-hint = Enter kaydeder ve sıradaki kayıt için boş form açar.
row-is-deleted = Bu kayıt silinmiş; Silinenler listesinden geri getirilebilir.
flash-row-created = { $name } eklendi.
flash-row-updated = { $name } kaydedildi.
flash-row-merged = { $name }: kaydedildi; ama aynı alanı bu arada başkası da değiştirmiş. İki değer de çakışma olarak saklandı.
flash-row-deleted = { $name } silindi.
flash-row-not-deleted = { $name } bu arada değiştirildiği için silinmedi. Son haline bakın; yine de silmek isterseniz yeniden Sil'e basın.
flash-row-restored = { $name } geri getirildi.
