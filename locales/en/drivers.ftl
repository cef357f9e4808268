# Drivers

driver-list = Drivers
driver-add = Add a driver
driver-new = New driver
driver-search = Name, licence or phone
driver-license-class = Licence class
driver-license-class-hint = For example: B, C, E
driver-license-expiry = Licence expires
driver-phone = Phone
driver-none = No drivers yet
driver-none-text = Add the people who drive the vehicles; the day their licence expires is shown here.

change-of-driver = Driver
