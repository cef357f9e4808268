# Pano: bölgeler, istisnalar, eğilim, son kayıtlar.

nav-dashboard = Pano

dashboard-search = Çalışan ara
dashboard-previous-month = Önceki ay
dashboard-regions = Bölgeler
dashboard-yesterday = Dünkü istisnalar
dashboard-day = Günün istisnaları
dashboard-previous-day = Önceki gün
dashboard-next-day = Sonraki gün
dashboard-blank = Kaydı olmayan { $n } kişi
dashboard-no-blank = Beklenen herkesin kaydı var.
dashboard-nothing-odd = Göze çarpan bir şey yok.
dashboard-recent = Son kayıtlar
dashboard-recent-none = Henüz kayıt girilmedi.
dashboard-all = Tümü
dashboard-alerts = Uyarılar
dashboard-alerts-cut = Bu aralıkta çok fazla kayıt uyarı veriyor: en yeni 5.000 tanesine bakıldı. Aralığı daraltın.
dashboard-leaders = En çok fazla mesai
dashboard-leaders-none = Bu aralıkta fazla mesai yok.
dashboard-sign-ins = Oturum açmalar
dashboard-sign-ins-none = Henüz oturum açılmadı.

tile-people = Aktif çalışan
tile-of-today = Bugünün kaydı
tile-written = Bugün girilen
tile-blanks = Boş gün
tile-overtime = Fazla mesai (sa)
tile-conflicts = Açık çakışma
tile-held = Bekletilen işlem
tile-last = Son kayıt
tile-last-none = Henüz kayıt yok
tile-employed = Bugün çalışan sayılan: { $n }

severity-critical = Kritik
severity-warning = Uyarı
severity-note = Bilgi

alert-kind = Ne
alert-why = Neden
alert-open = Kayda git
alert-all = Tümü
alert-nothing-worked = Geçersiz mesai
alert-before-hire = İşe girişten önce
alert-after-exit = İşten çıkıştan sonra
alert-deleted-person = Silinmiş çalışan
alert-hardly-true = Olağan dışı mesai
alert-long-shift = Uzun mesai
alert-no-day-off = Üst üste çalışma
alert-far-ahead = İleri tarih
alert-holiday-not-marked = Tatil işaretsiz
alert-overnight = Geceye taşan
alert-special-day = Özel gün

alert-why-nothing-worked = Mola ({ $break } dk) vardiyanın tamamını ({ $gross } dk) kaplıyor; çalışılan süre kalmıyor.
alert-why-before-hire = Çalışan { $date } tarihinde işe girmiş; kayıt daha önceki bir güne.
alert-why-after-exit = Çalışan { $date } tarihinde işten çıkmış; kayıt daha sonraki bir güne.
alert-why-deleted-person = Çalışan silinmiş, kaydı duruyor.
alert-why-hardly-true = { $start }–{ $end } arası { $hours } saat çalışma; 16 saati aşıyor.
alert-why-long-shift = { $start }–{ $end } arası brüt { $hours } saat; 12 saat ve üstü uzun sayılır.
alert-why-no-day-off = { $from } – { $to } arası { $n } gün üst üste.
alert-why-no-day-off-at-least = { $from } – { $to } arası en az { $n } gün üst üste.
alert-why-far-ahead = Bugünden ({ $date }) bir aydan fazla ileride.
alert-why-holiday-not-marked = Takvimde { $name }; kayıt özel gün olarak işaretli değil.
alert-why-overnight = { $start }–{ $end } vardiyasının { $hours } saati gece yarısından sonra.
alert-why-special-day = Özel gün olarak işaretli; { $start }–{ $end } arası { $hours } saat çalışıldı.

trend-weeks = Son 12 hafta
trend-months = Son 12 ay
trend-show-weeks = Haftalara göre
trend-show-months = Aylara göre
trend-entries = Kayıt
trend-overtime = Fazla mesai (saat)
trend-description = { $region }: 12 dönemde toplam { $entries } kayıt ve { $overtime } saat fazla mesai. Tek tek sayılar aşağıdaki tabloda.
trend-numbers = Sayıları tablo olarak göster
trend-from = Başlangıcı

recent-created = eklendi
recent-updated = değiştirildi
recent-deleted = silindi
recent-restored = geri getirildi

refresh-fresh = Güncel
refresh-news = { $n } yeni işlem
refresh-failed = Yenilenemedi; gördükleriniz eski olabilir.
refresh-paused = Yenileme durdu; fareyi oynatınca sürer.

blanks-title = Boş günler
blanks-rule = Vardiyası olup kaydı olmayan günler; bugün daha bitmediği için sayılmaz.
blanks-none = Boş gün yok
blanks-none-text = Bu aralıkta beklenen herkesin kaydı girilmiş.
blanks-count = { $people } kişide { $n } boş gün
blanks-days = Gün
blanks-dates = Tarihler

region-view-start = Bölge gözüyle bak
region-view-end = Bitir
region-view-banner = { $region } gözüyle bakıyorsunuz: bölge ne görüyorsa onu görürsünüz, hiçbir şey değiştiremezsiniz.
region-view-refused-title = Yalnızca bakıyorsunuz
region-view-refused = Kaydedilmedi: şu anda bir bölgenin gözüyle bakıyorsunuz. Değiştirmek için önce sayfanın üstündeki Bitir'e basın.

queues-title = Kuyruklar ve bilgisayarlar
queues-none = Son iki haftada hiçbir tarayıcı kuyruğu haber vermedi.
queue-who = Kimin
queue-browser = Tarayıcı
queue-browser-unknown = bilinmeyen tarayıcı
queue-carried-by = kimin olduğu bilinmiyor ({ $name } taşıdı)
queue-waiting = Bekleyen
queue-oldest = En eskisi
queue-last = Son temas
queue-build = Sürüm
queue-build-old = eski sürüm
queue-build-current = güncel
queue-alarms = Kuyruk uyarıları
queue-alarm-open = Kuyruğa git
queue-alarm-seen = Gördüm
queue-alarm-vanished = Kuyruk kayboldu
queue-alarm-hole = Kayıt eksik
queue-alarm-silent = Bir gündür ses yok
queue-alarm-clock = Saat yanlış
queue-alarm-why-vanished = Bu tarayıcıda { $n } kayıt bekliyordu (son temas { $since }); aynı kişi aynı tarayıcıda yeni ve boş bir kuyrukla geldi. Tarayıcının verisi silinmiş olabilir. Kişiye sorun, eksik kayıtları yeniden girin.
queue-alarm-why-hole = Kuyruğun verdiği { $n } sıra numarası { $since } tarihinden beri sunucuya ulaşmadı ve artık kuyrukta da beklemiyor. Kişiye hangi kayıtların eksik olduğunu sorun.
queue-alarm-why-silent = { $n } kayıt bekliyor, tarayıcı { $since } tarihinden beri haber vermedi. O bilgisayarda Rainstaff'ı açıp ağa bağlanın; kayıtlar kendiliğinden gider.
queue-alarm-why-clock = Bu bilgisayarın saati sunucununkinden { $n } saniye farklı ({ $since }). Kayıtlar kaybolmaz, ama çakışmalarda sıra yanlış olabilir: saati düzeltin.
flash-queue-alarm-seen = Görüldü olarak işaretlendi: { $name }.
quarantine-title = Karantina
quarantine-means = Tarayıcının gönderdiği, sunucunun okuyamadığı veriler. Geldiği gibi saklanır; hiçbir şey silinmez.
quarantine-download = İndir ({ $n } bayt)
alert-long-day = Bir günde çok fazla çalışma
alert-ahead = Gelecek gün
alert-why-long-day = Bu günün kayıtları birlikte { $hours } saat çalışma yapıyor ({ $start }–{ $end } bunlardan biri).
alert-why-ahead = Gün henüz gelmedi (bugün { $date }).
alert-confirmed = kaydı giren onayladı
