// What a JDBC client sees and does; prints lines "name<TAB>value" for test_clients.py.
//     java -cp postgresql.jar Jdbc.java URL USER
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

public class Jdbc {
    public static void main(String[] args) throws Exception {
        try (Connection connection = DriverManager.getConnection(args[0], args[1], "")) {
            metadata(connection);
            probe(connection);
            prepared(connection);
            cursor(connection);
            cancel(connection);
        }
    }

    static void say(String name, Object value) {
        System.out.println(name + "\t" + value);
    }

    static void metadata(Connection connection) throws SQLException {
        try (ResultSet tables = connection.getMetaData().getTables(null, "doan4", "movie", null)) {
            while (tables.next())
                say("table", tables.getString("TABLE_TYPE") + "|" + tables.getString("REMARKS"));
        }
        try (ResultSet columns = connection.getMetaData().getColumns(null, "doan4", "movie", "%")) {
            while (columns.next())
                say("column", columns.getString("COLUMN_NAME") + "|" + columns.getString("TYPE_NAME") + "|"
                    + columns.getInt("COLUMN_SIZE") + "|" + columns.getString("IS_NULLABLE") + "|" + columns.getString("REMARKS"));
        }
    }

    // Spark asks so for the columns of a query.
    static void probe(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT * FROM (SELECT * FROM doan4.movie) q WHERE 1=0");
             ResultSet none = statement.executeQuery()) {
            say("probe", none.getMetaData().getColumnCount() + "|" + none.next());
        }
    }

    // The driver prepares on the server from the fifth execution on.
    static void prepared(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                 "SELECT count(*), sum(budget) FROM doan4.movie WHERE country = ? AND year >= ?")) {
            for (int execution = 0; execution < 8; ++execution) {
                statement.setString(1, "France");
                statement.setInt(2, 1990 + execution);
                try (ResultSet answer = statement.executeQuery()) {
                    answer.next();
                    say("prepared", 1990 + execution + "|" + answer.getLong(1) + "|" + answer.getBigDecimal(2).toPlainString());
                }
            }
        }
    }

    // With a fetch size and outside autocommit rows come in portions, through a portal.
    static void cursor(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(100);
            long rows = 0, votes = 0, withoutRelease = 0;
            try (ResultSet films = statement.executeQuery("SELECT votes, released FROM doan4.movie")) {
                while (films.next()) {
                    ++rows;
                    votes += films.getLong(1);
                    if (films.getDate(2) == null)
                        ++withoutRelease;
                }
            }
            say("cursor", rows + "|" + votes + "|" + withoutRelease);
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    // public.held waits for a site that does not answer. The line tells the test to cancel at the right moment.
    static void cancel(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            Thread canceller = new Thread(() -> {
                try {
                    System.in.read();
                    statement.cancel();
                } catch (Exception error) {
                    say("cancel failed", error);
                }
            });
            canceller.setDaemon(true);
            canceller.start();
            try {
                statement.executeQuery("SELECT * FROM public.held");
                say("cancelled", "no");
            } catch (SQLException error) {
                say("cancelled", error.getSQLState());
            }
            try (ResultSet answer = statement.executeQuery("SELECT 1")) {
                say("afterwards", answer.next());
            }
        }
    }
}
