# Bugün

today-heading = Bugün, { $day }
today-heading-yesterday = Dün, { $day }
today-days = Gün seçimi
today-previous = Önceki gün
today-next = Sonraki gün
today-date = Gün
today-go = Git
today-go-today = Bugüne dön
today-future = Bu gün henüz gelmedi.

today-mark-holiday = { $name }, resmî tatil
today-mark-half-holiday = { $name }, { $time } sonrası resmî tatil
today-mark-day-off = { $name }, idari izin
today-mark-half-day-off = { $name }, { $time } sonrası idari izin

today-blank-people = { $n } kişi boş
today-complete = tamam
today-done = { $done } / { $all }
today-nobody-planned = Bu gün için planlanmış vardiya yok.
today-no-template = Planlar vardiya şablonlarının günlerinden gelir.
today-open-templates = Şablonlara git
today-enter-all = Hepsini planlandığı gibi gir
today-absent = Gelmeyen kişinin satırı boş kalır.
today-nobody = Bu gün çalışan kimse yok
today-nobody-text = Bu tarihte işe girmiş ve ayrılmamış çalışan bulunmuyor. Tarihi değiştirin ya da çalışan ekleyin.

today-employee = Çalışan
today-plan = Plan
today-state = Durum
today-start = Giriş
today-end = Çıkış
today-break = Mola (dk)
today-special = Özel gün
today-worked = Çalışılan
today-overtime = Fazla mesai
today-none = yok
today-minutes = { $n } dk
today-save = Kaydet
today-as-planned = Gir
today-as-planned-hint = Planlandığı gibi gir (Boşluk tuşu)

today-state-blank = Boş
today-state-as-planned = Planlandığı gibi
today-state-different = Farklı
today-state-several = Birden çok kayıt
today-state-unplanned = Plan dışı
today-state-holiday = Tatil
today-state-free = Plan yok
today-unsaved = Kaydedilmedi

today-label = { $name }, { $day }, { $state }
today-label-times = { $start }-{ $end }
today-label-plan = plan { $start }-{ $end }

today-nothing-blank = Boş kişi yok: bu gün tamam.
today-only-unsaved = Boş satırlarda yazdıklarınız henüz kaydedilmedi. Satırda Enter ile kaydedin ya da Esc ile vazgeçin.
today-nothing-to-undo = Geri alınacak bir işlem yok.

flash-today-entered = { $n } kişi planlandığı gibi kaydedildi.
flash-today-entered-partly = { $n } kişi planlandığı gibi kaydedildi. Kaydedilemeyen: { $name }
flash-today-none-entered = Kimse kaydedilemedi. { $name }
flash-today-nothing-blank = Boş kişi kalmamış; hiçbir kayıt eklenmedi.
flash-today-undone = { $n } kayıt geri alındı.
flash-today-undone-partly = { $n } kayıt geri alındı. Sonradan değiştirildiği için bırakılan: { $name }
flash-today-taken-back = { $name }: yeni kayıt geri alındı.
flash-today-change-taken-back = { $name }: değişiklik geri alındı.

keys-today-rows = satır değiştir; ilk ve son satır
keys-today-all = listede: boş herkesi planlandığı gibi gir
keys-today-one = satırı planlandığı gibi gir
keys-today-type = giriş saatini yaz; Tab ile çıkış ve mola
keys-today-save = yazarken: kaydet ve sonraki boş satıra geç
keys-today-escape = yazarken: vazgeç
keys-today-delete = satırın kaydını sil
keys-today-undo = son işlemi geri al
keys-today-days = önceki ve sonraki gün
