# Vardiya şablonları

template-add = Şablon ekle
template-new = Yeni vardiya şablonu
template-edit = { $name }: şablonu düzelt
template-edit-hint = Değişiklik yalnızca bundan sonra girilecek kayıtlara gelir; eski puantaj kayıtları olduğu gibi kalır.
template-back = Şablonlara dön
template-bin = Silinenler
template-bin-intro = Silinen şablonlar. Geri getirilen şablon yeniden seçilebilir.
template-intro = Şablon, puantaj girerken saatleri doldurur. Şablonu değiştirmek veya silmek eski kayıtları değiştirmez.
template-name = Şablon adı
template-length = Çalışma (sa)
template-weekdays = Varsayılan günler
template-weekdays-hint = Bu günlerde puantaj formu bu saatlerle açılır.
template-end-hint = Girişten küçükse ertesi gün demektir.
template-overruled = { $day } günü «{ $winner }» ile açılır: aynı günü isteyen şablonlardan adı önce gelen geçerlidir.
template-none = Henüz vardiya şablonu yok
template-none-text = Bölgenin olağan saatlerini bir kez girin; puantaj formu saatleri kendisi doldursun.
template-none-deleted = Silinmiş şablon yok
template-none-deleted-text = Yanlışlıkla silinen bir şablon burada durur ve geri getirilebilir.

flash-template-created = { $name } şablonu eklendi.
flash-template-updated = { $name } şablonu kaydedildi. Eski puantaj kayıtları değişmedi.
flash-template-merged = { $name }: kaydedildi; ama aynı alanı bu arada başkası da değiştirmiş. İki değer de çakışma olarak saklandı.
flash-template-deleted = { $name } şablonu silindi. Eski puantaj kayıtları değişmedi.
flash-template-not-deleted = { $name } şablonu bu arada değiştirildiği için silinmedi. Son haline bakın; yine de silmek isterseniz yeniden Sil'e basın.
flash-template-restored = { $name } şablonu geri getirildi.
