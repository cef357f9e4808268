-- Who drives the vehicles (DOMAIN 2.1): not an employee, as the desktop program never said which one.
CALL sec.create_entity('driver', 'drivers', $columns$
    full_name text NOT NULL CHECK (length(full_name) BETWEEN 1 AND 200),
    license_class text NOT NULL DEFAULT '' CHECK (length(license_class) <= 50),
    license_expiry date CHECK (license_expiry BETWEEN '1990-01-01' AND '2100-12-31'),
    phone text CHECK (length(phone) BETWEEN 1 AND 20),
    notes text NOT NULL DEFAULT '' CHECK (length(notes) <= 2000)
$columns$, search => 'full_name');
