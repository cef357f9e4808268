# Forms and lists of all pages.
field-region = Bölge
field-choose = Seçin
field-time-placeholder = SS:DD
form-errors = { $n } alan düzeltilmeli; kayıt yapılmadı.
error-required = Bu alan boş bırakılamaz.
filter-apply = Filtrele
filter-clear = Temizle
pager-label = Sayfalar
pager-previous = Önceki sayfa
pager-next = Sonraki sayfa
pager-range = { $total } kayıttan { $from }–{ $to } arası
