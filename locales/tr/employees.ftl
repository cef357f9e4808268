# Çalışanlar

employee-add = Çalışan ekle
employee-new = Yeni çalışan
employee-new-hint = Enter kaydeder ve sıradaki çalışan için boş form açar.
employee-back = Listeye dön
employee-edit = { $name }: bilgileri düzelt
employee-full-name = Ad soyad
employee-identity-no = T.C. kimlik no
employee-identity-kept = Kayıtlı: { $number }. Boş bırakırsanız aynı kalır; değiştirmek için yenisini yazın.
employee-identity-remove = Kayıtlı kimlik numarasını sil
employee-department = Departman
employee-title = Unvan
employee-hire-date = İşe giriş
employee-exit-date = İşten çıkış
employee-state = Durum
employee-state-active = Aktif
employee-state-passive = Pasif
employee-state-present = Aktif ve pasif
employee-state-deleted = Silinmiş
employee-is-active = Aktif
employee-is-active-hint = Pasif çalışan yeni puantaj kaydında seçilemez; eski kayıtları durur.
employee-last-day = Son iş günü
employee-last-day-hint = Önceki günler olduğu gibi kalır. Boş bırakılırsa son kaydın günü, kaydı yoksa bugün yazılır.
employee-first-day-back = Yeniden ilk günü
employee-first-day-back-hint = Eski kayıtları durur ve sayılır; bu günden önceki günler için kayıt beklenmez. Hiç ayrılmadıysa { $next } yazın: o günden sonra kaydı olmayan günler boş görünür.
employee-has-left = { $name } (ayrıldı: { $date })
employee-activate = Aktif yap
employee-passivate = Pasif yap
employee-search = Ad, departman veya unvan ara
employee-none = Aktif çalışan yok
employee-none-text = Puantaj girmek için önce çalışanları ekleyin. Ayrılanları görmek için durumu Pasif seçin.
employee-none-found = Filtreye uyan çalışan yok
employee-none-found-text = Adın bir parçasını yazmak yeter; büyük küçük harf ve Türkçe harfler fark etmez.
employee-none-passive = Pasif çalışan yok
employee-none-passive-text = İşten ayrılanları silmeyin, pasif yapın: puantaj kayıtları durur.
employee-none-deleted = Silinmiş çalışan yok
employee-none-deleted-text = Yanlışlıkla silinen bir çalışan burada durur ve geri getirilebilir.

list-restore = Geri getir

flash-employee-created = { $name } eklendi.
flash-employee-updated = { $name }: bilgiler kaydedildi.
flash-employee-merged = { $name }: kaydedildi; ama aynı alanı bu arada başkası da değiştirmiş. İki değer de çakışma olarak saklandı.
flash-employee-passivated = { $name } pasif yapıldı.
flash-employee-activated = { $name } aktif yapıldı.
flash-employee-deleted = { $name } silindi.
flash-employee-not-deleted = { $name } bu arada değiştirildiği için silinmedi. Son haline bakın; yine de silmek isterseniz yeniden Sil'e basın.
flash-employee-restored = { $name } geri getirildi.

employee-shift-template = Vardiya
employee-shift-by-weekday = Haftanın gününe göre

card-person = Kişi bilgileri
card-neighbours = Önceki ve sonraki kişi
card-previous = Önceki kişi: { $name }
card-next = Sonraki kişi: { $name }
card-keys-neighbours = Önceki ve sonraki kişi
card-no-identity = kayıtlı değil
card-reveal = Göster
card-reveal-hint = Numaranın tamamını gösterir; kimin baktığı işlem günlüğüne yazılır.
card-months = Son 12 ay
card-month = Ay
card-sum = Toplam
card-gross = Brüt
card-to-month = Ay cetveli
card-to-list = Kayıtlar
card-no-entries = Bu ay için kayıt yok.
card-blanks = { $n } boş gün: çalışma planlıydı, kayıt yok

total-rule-worked = Çalışılan = çıkış ile giriş arası (brüt) eksi mola.
total-rule-scheduled = Normal süre, günün kuralından gelir: hafta içi ayarlardaki saat, cumartesi ayarlardaki aralık; pazar ve özel günlerde normal süre yoktur.
total-rule-overtime = Fazla mesai = brüt eksi normal süre, sıfırdan küçük olamaz; mola normal sürenin içinde sayılır. Normal süresi olmayan günde çalışılanın tamamı fazla mesaidir.
total-rule-night = Gece = 22:00 ile 06:00 arasında geçen süre; mola düşülmez.
total-rule-overnight = Geceye taşan = vardiyanın gece yarısından sonraki bölümü; saatler vardiyanın başladığı güne yazılır.
total-rule-special = Özel günde çalışılanın tamamı özel gün çalışmasıdır; ayrıca fazla mesai hesaplanmaz.
total-rule-special-night = Özel gün gecesi = özel günde 22:00 ile 06:00 arasında geçen süre; gece toplamının da içindedir.
total-sum = Toplam: { $terms } = { $minutes } dakika, yani { $hours } saat.
file-employees = calisanlar
