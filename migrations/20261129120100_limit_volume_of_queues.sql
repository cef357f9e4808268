-- How much somebody has brought out of queues into a region today: what the inbox takes is kept for ever, so there is a limit for a day.
CREATE TABLE app.delivered (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    carrier uuid NOT NULL, -- an account, or a device
    day date NOT NULL,     -- UTC; the first delivery of another day counts from nothing
    bytes bigint NOT NULL CHECK (bytes >= 0),
    refused_on date,       -- the last day on which the limit was reached
    PRIMARY KEY (carrier, region)
);
CALL sec.protect_all();
