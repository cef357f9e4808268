# Ay: kişiler ve günler, boşlar, toplamlar; basılı cetvel.

month-choose = Ay seçimi
month-previous = Önceki ay
month-next = Sonraki ay
month-this = Bu ay
month-go = Git
month-print = Yazdır
month-nobody = Bu ay kimse yok
month-nobody-text = Bu ayda çalışan ya da kaydı olan kimse bulunmuyor. Çalışan ekleyin ya da başka bir ay seçin.
month-report-title = Aylık puantaj cetveli
month-sign = İmza
month-prepared = Düzenleyen
month-checked = Kontrol eden
month-approved = Onaylayan

month-days = Gün
month-worked = Çalışılan
month-blanks = Boş
month-foot-present = Gelen
month-foot-blank = Boş
month-foot-total = Toplam saat

month-mark-blank = boş
month-mark-late = G
month-mark-special = Ö
month-cell-hours = { $n } saat
month-cell-none = kayıt yok
month-cell-blank = boş, kayıt girilmemiş
month-cell-late = gece yarısını aşıyor
month-cell-special = özel gün
month-cell-several = { $n } kayıt

month-legend-hours = çalışılan saat (8,5 = 8 saat 30 dakika)
month-legend-blank = çalışma planlıydı, kayıt yok
month-legend-late = gece yarısını aşan vardiya
month-legend-special = özel gün
month-legend-several = birden çok kaydın toplamı
month-legend-out = işe girmeden önce ya da ayrıldıktan sonra
month-legend-rest-days = Cmt Paz
month-legend-rest = hafta sonu

month-one-more = Bu güne bir kayıt daha
month-keys-arrows = Hücreler arasında gez
month-keys-days = Ayın ilk ve son günü
month-keys-people = İlk ve son kişi
month-keys-page = On kişi yukarı, on kişi aşağı
month-keys-months = Önceki ve sonraki ay
month-keys-open = Hücreyi aç; Esc kapatır
month-placeholder = 2026-12 ya da Aralık 2026
file-month = aylik-puantaj
