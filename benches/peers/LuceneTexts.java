// The answers and times of Lucene over texts: one segment in a folder, StandardAnalyzer, which makes each Chinese
// character a term with its position, as our characters do.
//
// java -cp /usr/share/java/lucene-core-8.7.0.jar LuceneTexts.java TEXTS FOLDER ROUNDS PHRASE…   (one text a line; prints one JSON object)

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.QueryBuilder;

class LuceneTexts {
    static final int TOP = 20;
    /** Rounds before those that count, so that the compiler of the machine has done its work. */
    static final int WARM = 300;

    interface Question {
        long answer() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[2]);
        var analyzer = new StandardAnalyzer();
        var folder = new MMapDirectory(Path.of(arguments[1]));
        long started = System.nanoTime();
        index(Path.of(arguments[0]), folder, analyzer);
        double built = (System.nanoTime() - started) / 1e9;
        var queries = new StringBuilder();
        try (var reader = DirectoryReader.open(folder)) {
            var searcher = new IndexSearcher(reader);
            searcher.setQueryCache(null);
            for (String phrase : Arrays.copyOfRange(arguments, 3, arguments.length)) {
                Query query = new QueryBuilder(analyzer).createPhraseQuery("text", phrase);
                String count = timed(rounds, () -> searcher.count(query));
                String top = timed(rounds, () -> searcher.search(query, TOP).scoreDocs.length);
                queries.append(queries.length() == 0 ? "" : ",").append(String.format(
                    "{\"phrase\":\"%s\",\"hits\":%d,\"ms\":{\"count\":%s,\"top20\":%s}}", phrase, searcher.count(query), count, top));
            }
        }
        System.out.printf("{\"built_s\":%f,\"queries\":[%s]}%n", built, queries);
    }

    static void index(Path texts, MMapDirectory folder, StandardAnalyzer analyzer) throws Exception {
        var config = new IndexWriterConfig(analyzer).setRAMBufferSizeMB(256).setOpenMode(IndexWriterConfig.OpenMode.CREATE);
        try (var writer = new IndexWriter(folder, config); BufferedReader lines = Files.newBufferedReader(texts)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                var document = new Document();
                document.add(new TextField("text", line, Field.Store.NO));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
    }

    /** The median and the slowest of so many rounds in milliseconds. */
    static String timed(int rounds, Question question) throws Exception {
        for (int round = 0; round < WARM; round++) question.answer();
        double[] times = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long started = System.nanoTime();
            question.answer();
            times[round] = (System.nanoTime() - started) / 1e6;
        }
        Arrays.sort(times);
        return String.format("[%f,%f]", times[rounds / 2], times[rounds * 95 / 100]);
    }
}
