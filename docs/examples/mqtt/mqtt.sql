-- MQTT traffic as a table: two CSV files over HTTP, read by one foreign table, united in a table, and a view of what the
-- questions and models use.
--     psql -v base_url=http://127.0.0.1:8080/ -f mqtt.sql
-- The files are large, so this session allows larger bodies than webwrap does by itself. Any row that does not fit fails the
-- INSERT: all rows are in the table, or none.
\set ON_ERROR_STOP on
CREATE EXTENSION IF NOT EXISTS webwrap;
SET webwrap.max_page_size = '256MB';

CREATE SERVER mqtt_site FOREIGN DATA WRAPPER webwrap OPTIONS (base_url :'base_url');

-- Columns have the names of the header, so none needs an option.
CREATE FOREIGN TABLE mqtt_file (
  file                         text OPTIONS (parameter 'file'),
  "tcp.flags"                  text NOT NULL CHECK ("tcp.flags" ~ '^0x[0-9a-f]{8}$'),
  "tcp.time_delta"             double precision NOT NULL CHECK ("tcp.time_delta" >= 0),
  "tcp.len"                    integer NOT NULL CHECK ("tcp.len" >= 0),
  "mqtt.conack.flags"          text NOT NULL,
  "mqtt.conack.flags.reserved" double precision NOT NULL,
  "mqtt.conack.flags.sp"       double precision NOT NULL,
  "mqtt.conack.val"            double precision NOT NULL,
  "mqtt.conflag.cleansess"     double precision NOT NULL,
  "mqtt.conflag.passwd"        double precision NOT NULL,
  "mqtt.conflag.qos"           double precision NOT NULL,
  "mqtt.conflag.reserved"      double precision NOT NULL,
  "mqtt.conflag.retain"        double precision NOT NULL,
  "mqtt.conflag.uname"         double precision NOT NULL,
  "mqtt.conflag.willflag"      double precision NOT NULL,
  "mqtt.conflags"              text NOT NULL,
  "mqtt.dupflag"               double precision NOT NULL,
  "mqtt.hdrflags"              text NOT NULL,
  "mqtt.kalive"                double precision NOT NULL,
  "mqtt.len"                   double precision NOT NULL CHECK ("mqtt.len" >= 0),
  "mqtt.msg"                   text NOT NULL,
  "mqtt.msgid"                 double precision NOT NULL,
  "mqtt.msgtype"               double precision NOT NULL,
  "mqtt.proto_len"             double precision NOT NULL,
  "mqtt.protoname"             text NOT NULL,
  "mqtt.qos"                   double precision NOT NULL,
  "mqtt.retain"                double precision NOT NULL,
  "mqtt.sub.qos"               text NOT NULL,
  "mqtt.suback.qos"            text NOT NULL,
  "mqtt.ver"                   double precision NOT NULL,
  "mqtt.willmsg"               text NOT NULL,
  "mqtt.willmsg_len"           double precision NOT NULL,
  "mqtt.willtopic"             text NOT NULL,
  "mqtt.willtopic_len"         double precision NOT NULL,
  target                       text NOT NULL
    CHECK (target IN ('legitimate', 'slowite', 'bruteforce', 'flood', 'malformed', 'dos'))
) SERVER mqtt_site OPTIONS (url '{file}.csv', format 'csv');

-- Train_or_Test as the report has it: 0 is train, 1 is test.
CREATE TABLE mqtt AS
SELECT row_number() OVER () AS id, united.* FROM (
  SELECT *, 0 AS "Train_or_Test" FROM mqtt_file WHERE file = 'train70'
  UNION ALL
  SELECT *, 1 AS "Train_or_Test" FROM mqtt_file WHERE file = 'test30') united;
ALTER TABLE mqtt DROP COLUMN file;
ALTER TABLE mqtt ADD PRIMARY KEY (id);
ANALYZE mqtt;
COMMENT ON TABLE mqtt IS 'Packets of both files, with all their columns; id counts them in the order of the files';

CREATE VIEW packet AS
SELECT "tcp.flags" AS tcp_flags, "tcp.time_delta" AS tcp_time_delta, "tcp.len" AS tcp_len,
       "mqtt.conack.flags" AS mqtt_conack_flags, "mqtt.conack.val" AS mqtt_conack_val,
       "mqtt.conflag.cleansess" AS mqtt_conflag_cleansess, "mqtt.conflag.passwd" AS mqtt_conflag_passwd,
       "mqtt.conflag.uname" AS mqtt_conflag_uname, "mqtt.conflags" AS mqtt_conflags, "mqtt.dupflag" AS mqtt_dupflag,
       "mqtt.hdrflags" AS mqtt_hdrflags, "mqtt.kalive" AS mqtt_kalive, "mqtt.len" AS mqtt_len, "mqtt.msgid" AS mqtt_msgid,
       "mqtt.msgtype" AS mqtt_msgtype, "mqtt.proto_len" AS mqtt_proto_len, "mqtt.qos" AS mqtt_qos,
       "mqtt.retain" AS mqtt_retain, "mqtt.ver" AS mqtt_ver, target, "Train_or_Test" AS train_or_test
FROM mqtt;
COMMENT ON VIEW packet IS 'The 19 columns that tell the classes apart, the class, and whether the packet is for training (0) or testing (1)';
