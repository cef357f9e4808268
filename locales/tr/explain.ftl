# Bir puantaj kaydının saatleri nasıl hesaplandı. Adımlar: src/timesheets/calc/explain.rs

explain-gross = Giriş { $start }, çıkış { $end }: arada { $gross } dakika var, yani brüt { $hours } saat.
explain-gross-next-day = Giriş { $start }, çıkış ertesi gün { $end }: arada { $gross } dakika var, yani brüt { $hours } saat.

explain-break = { $break } dakika mola düşülür: { $gross } − { $break } = { $worked } dakika, yani çalışılan { $hours } saat.
explain-break-none = Mola yok: çalışılan süre brüt süreye eşit, { $hours } saat.
explain-break-negative = Kayıttaki mola eksi ({ $entered } dakika), bu yüzden mola yok sayılır: çalışılan { $hours } saat.
explain-break-clamped = Kayıttaki mola ({ $entered } dakika) vardiyadan ({ $gross } dakika) uzun, bu yüzden vardiyanın tamamı mola sayılır: çalışılan { $hours } saat.

explain-plan-weekday = Hafta içi gün: normal süre { $hours } saat ({ $plan } dakika).
explain-plan-saturday = Cumartesi: normal süre { $start }–{ $end } arası, yani { $hours } saat ({ $plan } dakika).
explain-plan-saturday-empty = Cumartesinin normal süresi yok (ayarlarda başlangıç ve bitiş aynı): 0 saat.
explain-plan-sunday = Pazarın normal süresi yok: 0 saat.
explain-plan-special = Özel günün normal süresi yok: 0 saat.

explain-overtime-special = Özel günde fazla mesai ayrıca hesaplanmaz; çalışılan { $hours } saatin tamamı özel gün çalışmasıdır.
explain-overtime-net = Bu günün normal süresi olmadığı için çalışılan sürenin tamamı fazla mesaidir: { $hours } saat (mola düşülmüş olarak).
explain-overtime-gross = Fazla mesai, brüt süreden normal süre çıkarılarak bulunur: { $gross } − { $plan } = { $overtime } dakika, yani { $hours } saat. Mola normal sürenin içinde sayılır.
explain-overtime-none = Brüt süre ({ $gross } dakika) normal süreyi ({ $plan } dakika) aşmıyor: fazla mesai yok.

explain-night-part = { $start }–{ $end } arası gece saatidir (22:00–06:00): { $night } dakika, yani { $hours } saat. Mola düşülmez.
explain-night-total = Gece toplamı { $night } dakika, yani { $hours } saat.
explain-night-none = Vardiya 22:00–06:00 arasına değmiyor: gece saati yok.
explain-night-special = Gün özel olduğu için bu { $hours } saat özel gün gecesi olarak da gösterilir.

explain-overnight = Gece yarısından { $end } saatine kadar { $overnight } dakika ertesi güne taşar: geceye taşan { $hours } saat.
explain-overnight-none = Vardiya gece yarısını aşmıyor: geceye taşan saat yok.
