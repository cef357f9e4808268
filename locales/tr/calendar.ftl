# Takvim: resmî tatiller ve diğer işaretli günler.

day-kind-holiday = Resmî tatil
day-kind-day-off = İdari izin
day-kind-workday = Çalışma günü

calendar-title = Takvim { $year }
calendar-year = { $year } takvimi
calendar-intro = Resmî tatiller bütün bölgeler için geçerlidir; bölge kendi gününü ekleyebilir. Tatil yalnızca öneridir: kimse beklenmez ve yeni kayıtta özel gün işaretli gelir, son söz kaydı girenindir.
calendar-unknown-feasts = Bu yılın dinî bayramları programda yok: Diyanet takvimine bakıp ekleyin.
calendar-none = Bu yıl için işaretli gün yok
calendar-none-text = Resmî tatilleri ve idari izinleri ekleyin.
day-add = Gün ekle
day-new = Yeni gün
day-edit = { $name }: günü düzelt
day-date = Tarih
day-name = Ad
day-kind = Tür
day-free = Tatil
day-free-whole = tüm gün
day-free-from = { $time } sonrası
day-free-none = çalışılır
day-free-from-label = Tatilin başladığı saat
day-free-hint = Boş: tüm gün. Yarım gün için 13:00 yazın.
day-source = Kaynak
day-source-hint = Tarih nereden alındı: kanun, Diyanet takvimi, şirket kararı.

flash-day-created = { $name } takvime eklendi.
flash-day-updated = { $name }: gün kaydedildi.
flash-day-deleted = { $name } takvimden silindi.
flash-day-not-deleted = { $name } bu arada değiştirildiği için silinmedi. Son haline bakın; yine de silmek isterseniz yeniden Sil'e basın.
flash-day-restored = { $name } takvime geri getirildi.
