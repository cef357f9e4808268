# Puantaj

timesheet-new = Yeni puantaj kaydı
timesheet-edit = { $name }: kaydı düzelt
timesheet-employee = Çalışan
timesheet-date = Tarih
timesheet-start = Giriş
timesheet-end = Çıkış
timesheet-break = Mola (dk)
timesheet-special = Özel gün
timesheet-notes = Not
timesheet-template = Şablon
timesheet-template-none = (seçilmedi)
timesheet-next-day = Ertesi gün
timesheet-explain = Nasıl hesaplandı?
timesheet-explain-and-history = Hesap ve geçmiş
history-in-activity = İşlem günlüğünde göster
timesheet-search = Ad veya not ara
timesheet-totals = Toplam: { $n } kayıt
timesheet-none = Bu ay için kayıt yok
timesheet-none-text = Yukarıdaki satıra çalışanı, tarihi ve saatleri yazıp Enter'a basın.
timesheet-none-found = Filtreye uyan kayıt yok
timesheet-none-found-text = Tarih aralığını genişletin ya da filtreyi temizleyin.
timesheet-no-employees = Puantaj girmek için önce çalışan gerekir.
timesheet-add-employee = Çalışan ekle
timesheet-was-deleted = Bu kayıt { $at } tarihinde silindi; saatleri toplamlara girmez.

hours-worked = Çalışılan (sa)
hours-scheduled = Normal süre
hours-overtime = Fazla mesai
hours-night = Gece
hours-overnight = Geceye taşan
hours-special-normal = Ö.G. normal
hours-special-overtime = Ö.G. fazla
hours-special-night = Ö.G. gece

history-title = Geçmiş

flash-timesheet-created = { $name }: puantaj kaydedildi.
flash-timesheet-updated = { $name }: kayıt düzeltildi.
flash-timesheet-merged = { $name }: kaydedildi; ama aynı kaydı bu arada başkası da değiştirmiş. İki değer de çakışma olarak saklandı.
flash-timesheet-deleted = { $name }: kayıt silindi.
flash-timesheet-not-deleted = { $name }: kayıt bu arada değiştirildiği için silinmedi. Son haline bakın; yine de silmek isterseniz yeniden Sil'e basın.
flash-timesheet-restored = { $name }: kayıt geri getirildi.
flash-refused = Yapılamadı: { $name }

keys-new-entry = yeni kayda geç

weekday-short-1 = Pzt
weekday-short-2 = Sal
weekday-short-3 = Çar
weekday-short-4 = Per
weekday-short-5 = Cum
weekday-short-6 = Cmt
weekday-short-7 = Paz
timesheet-walk = Kaydedince bu kişinin sıradaki boş gününe geçilir; bundan sonra { $n } boş gün kalıyor.
timesheet-walk-list = Boş günler
flash-timesheet-created-last-blank = { $name }: puantaj kaydedildi. Bu kişinin boş günü kalmadı.
file-timesheets = puantaj
