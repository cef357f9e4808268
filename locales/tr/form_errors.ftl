# Complaints about what was typed: what is wrong, and what to do. A key is `error-` and the code of ops::FieldError; they stand at their field.

error-time-empty = Saat boş olamaz (örnek 09:30).
error-time-format = Saat biçimi geçersiz. 0930, 930 veya 9:30 gibi yazın.
error-time-range = { $hour }:{ $minute } saat değil; 00:00 ile 23:59 arasında bir saat yazın.
error-times-equal = Çıkış, girişle aynı olamaz. Gece yarısını aşan vardiyada çıkışa ertesi günün saatini yazın.
error-date-empty = Tarih zorunludur.
error-date-format = Tarih biçimi geçersiz (örnek 05.01.2026 veya 2026-01-05).
error-date-calendar = { $day }.{ $month }.{ $year } takvimde yok; gün ve ayı kontrol edin.
error-date-range = { $year } yılı kabul edilmiyor; 1990 ile 2100 arasında bir yıl yazın.
error-break-empty = Mola boş olamaz; mola yoksa 0 yazın.
error-break-format = Mola tam dakika olmalıdır (örnek 60).
error-break-range = Mola 0–480 dakika arasında olmalıdır.
error-hours-empty = Süre boş olamaz.
error-hours-format = Süre biçimi geçersiz (örnek 7,5 veya 7:30).
error-hours-range = Süre 0 ile 24 saat arasında olmalıdır.
error-flag-format = Bu alan yalnızca evet veya hayır olabilir; kutuyu işaretleyin veya boş bırakın.
error-append-only = Bu kayıt değiştirilemez ve silinemez. Düzeltmek için yeni bir kayıt girin.
error-phone-format = Telefon numarası okunamadı (örnek 0532 123 45 67; yurt dışı +49 30 123456).
error-plate-format = Plaka okunamadı (örnek 06 ABC 123).
error-money-format = Tutar okunamadı (örnek 1.250,50).
error-money-range = Tutar 0 ile 99.999.999.999,99 arasında olmalıdır.
error-minutes-format = Süreyi dakika olarak (90) ya da saat ve dakika olarak (1:30) yazın.
error-minutes-range = Süre { $min }–{ $max } dakika arasında olmalıdır.
error-number-format = Tam sayı yazın (örnek 45200).
error-too-long = Çok uzun: en çok { $max } karakter yazılabilir.
error-unknown-field = Sunucu bu alanı tanımıyor. Sayfayı yenileyip yeniden deneyin.
error-op-reused = Bu form daha önce başka bilgilerle kaydedilmiş. Yazdıklarınız duruyor; yeniden Kaydet'e basın.

error-region-missing = Bölge seçin.
error-region-unknown = Böyle bir bölge yok ya da yetkiniz dışında. Listeden bir bölge seçin.
error-region-closed = Bu bölge yeni kayda kapatıldı: kayıtları okunur, ama değiştirilemez. Gerekliyse merkez bölgeyi yeniden açabilir.

error-name-missing = Ad soyad zorunludur.
error-identity-no-empty = Kimlik numarası boş; yazın ya da alanı tamamen boş bırakın.
error-identity-no-format = Kimlik numarası 11 rakam olmalı ve 0 ile başlamamalıdır.
error-identity-no-check-digits = Kimlik numarasının son iki rakamı öncekilere uymuyor. Yazım hatası olabilir; kimlikten kontrol edin.
error-identity-no-taken = Bu kimlik numarası bu bölgede başka bir çalışana kayıtlı. Aynı kişiyse yeni kayıt açmayın; listedeki kaydını düzeltin (pasif de olabilir).
error-identity-no-offline = Kayıtlı bir kimlik numarası yalnızca bağlantı varken değiştirilebilir; bu alanı boş bırakıp ötekileri kaydedin, numarayı bağlantı gelince düzeltin.
error-exit-before-hire = İşten çıkış, işe girişten önce olamaz. İki tarihi kontrol edin.
error-employee-has-timesheets = bu çalışanın puantaj kaydı var (kayıt sayısı: { $count }), bu yüzden silinemez. Ayrıldıysa pasif yapın: kayıtları durur.

error-employee-missing = Çalışan seçin.
error-employee-unknown = Çalışan bulunamadı. Listeden yeniden seçin.
error-not-stored = Sunucu bu kaydı alamadı; satırı tek başına girin.
error-overlap = Bu çalışanın bu saatlere denk gelen başka bir kaydı var. Saatleri düzeltin ya da önceki kaydı değiştirin.
error-overlap-with = Bu çalışanın bu saatlere denk gelen başka bir kaydı var: { $start }-{ $end } ({ $date }). Saatleri düzeltin ya da o kaydı değiştirin.
form-open-other = Öteki kaydı aç

error-template-name-missing = Şablon adı zorunludur.
error-template-name-taken = Bu bölgede bu adla bir şablon var. Başka bir ad yazın ya da o şablonu düzeltin.
error-weekdays-format = Günler pazartesi ile pazar arasından, her biri bir kez seçilmelidir.

error-admins-only = Bunu yalnızca yöneticiler değiştirebilir. Gerekliyse merkeze iletin.
error-one-row = Bölgenin bu kaydı tektir ve başka bir kayıt olarak eklenemez. Sayfayı yenileyip var olanı düzeltin.
error-settings-exist = Bu bölgenin ayarları zaten var. Sayfayı yenileyip onları düzeltin.
error-saturday-half = Cumartesi başlangıcını ve bitişini birlikte yazın ya da ikisini de boş bırakın.

error-day-name-missing = Günün adını yazın, örneğin "Zafer Bayramı".
error-day-kind-unknown = Günün türünü listeden seçin.
error-day-name-taken = Bu günün bu adla bir kaydı zaten var. Onu değiştirin ya da başka bir ad yazın.
error-template-unknown = Bu vardiya şablonu bulunamadı. Listeden birini seçin ya da boş bırakın.

error-username-format = Kullanıcı adı 3–64 karakter olmalı: küçük harf (a–z), rakam, nokta, tire veya alt çizgi.
error-username-taken = Bu adda bir hesap zaten var. Başka bir ad yazın.
error-user-region-missing = Kullanıcı için en az bir bölge seçin.
error-last-admin = Bu, oturum açabilen son yönetici: kapatılamaz ve yetkisi alınamaz. Önce başka bir yönetici ekleyin.
error-own-account = Kendi hesabınızı kapatamaz ve yetkinizi değiştiremezsiniz; bunu başka bir yönetici yapabilir.
error-role-confirm = Yetki değişikliğini onaylamak için buraya { $name } yazın.
error-region-code-format = Kod 2–31 karakter olmalı, küçük harfle başlamalı; harf (a–z), rakam ve alt çizgi olabilir. Örnek: antalya
error-region-code-taken = Bu kodla bir bölge zaten var. Başka bir kod yazın.
error-region-name-missing = Bölgenin adını yazın, örneğin Antalya.
error-region-name-letters = Bölge adında yalnızca Latin harfleri, rakam, boşluk, tire ve . , ' / & ( ) + kullanılabilir. Başka bir alfabenin benzer görünen harfleri kabul edilmez; adı klavyeden yeniden yazın.
error-region-name-taken = Bu adda bir bölge zaten var.
error-offline-mode-unknown = Çevrimdışı çalışmayı listeden seçin.
error-offline-mode-company = Çevrimdışı çalışma yalnızca şirket geneli için ayarlanır.
error-confirm-long-day = Bu kişinin o günkü çalışması bu kayıtla { $hours } saat oluyor.
error-confirm-nothing-worked = Mola vardiyanın tamamını kaplıyor: çalışılan süre 0.
error-confirm-before-hire = Gün, işe giriş tarihinden ({ $date }) önce.
error-confirm-after-exit = Gün, işten çıkış tarihinden ({ $date }) sonra.
error-confirm-ahead = { $date } henüz gelmedi.
error-range-swapped = Bitiş başlangıçtan ({ $from }) önce olamaz; tarihleri değiştirin.
error-back-before-exit = Yeniden ilk günü son gününden ({ $date }) sonra olmalı; hiç ayrılmadıysa { $next } yazın.
error-range-too-long = En çok bir yıl gösterilir. Başlangıcı { $first } ya da sonrası yapın; daha eski günler için bitişi de öne alın.
error-month-format = Ay anlaşılamadı; 2026-12, 12.2026 ya da Aralık 2026 gibi yazın (1990 ile 2100 arası).
error-choice-unknown = Böyle bir seçenek yok; listeden seçin.
error-number-range = { $min } ile { $max } arasında bir sayı yazın.
query-wrong = { $name }: { $why }
query-wrong-title = Adres ya da filtre anlaşılamadı; bu yüzden hiçbir şey gösterilmiyor.
query-wrong-advice = Düzeltip yeniden deneyin.
