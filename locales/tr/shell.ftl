# The frame around every page.
skip-link = İçeriğe geç
nav-label = Ana menü
nav-menu = Menüyü aç veya kapat
nav-today = Bugün
nav-timesheets = Puantaj
nav-month = Ay
nav-employees = Çalışanlar
nav-shift-templates = Vardiya şablonları
nav-activity = İşlem günlüğü
nav-admin = Yönetim
nav-users = Kullanıcılar
nav-regions = Bölgeler
nav-settings = Ayarlar
nav-calendar = Takvim
region-closed-strip = { $names } yeni kayda kapatıldı: kayıtlar okunur, ama yeni kayıt ve değişiklik kabul edilmez.
region-all = Tüm bölgeler
user-account = Oturumlarım
user-password = Parolayı değiştir
user-sign-out = Oturumu kapat
theme-label = Görünüm
theme-auto = Cihaza göre
theme-light = Açık
theme-dark = Koyu
lang-label = Dil
demo-strip = Deneme sunucusu: hesapların parolaları herkesçe bilinir; gerçek kişi ve kayıt girmeyin.

# The save pill: three honest words.
pill-saved = Kaydedildi
pill-waiting = Bekliyor ({ $n })
pill-failed = Hata ({ $n })
pill-explain-saved = Bu sayfada gönderdiğiniz her şey sunucuya kaydedildi.
pill-explain-waiting = Sunucunun yanıtı bekleniyor.
save-unreachable = Kaydedilemedi: sunucuya ulaşılamadı; yazdıklarınız formda duruyor. Bağlantı gelince yeniden kaydedin.
save-too-large = Kaydedilemedi: form çok büyük, bir seferde en çok 1 MB gönderilir; yazdıklarınız formda duruyor. Daha az satırla kaydedin.
save-refused = Kaydedilemedi: sunucu isteği kabul etmedi; yazdıklarınız formda duruyor. İstek no: { $id }
save-signed-out = Henüz kaydedilmedi: oturumunuz kapanmış; yazdıklarınız formda duruyor. Oturum açınca kendiliğinden kaydedilir.
load-failed = Liste yenilenemedi; gördükleriniz eski olabilir. Bağlantıyı denetleyip yeniden deneyin.

toast-area = Bildirimler
toast-undo = Geri al
toast-close = Bildirimi kapat

keys-title = Klavye kısayolları
keys-search = Aramaya git
keys-help = Bu listeyi aç
keys-enter = Formu kaydet
keys-escape = Bu pencereyi kapat
keys-single = Tek tuşlu kısayollar açık
keys-close = Kapat
