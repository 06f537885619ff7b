import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A member of a group by Java's client: prints a line of JSON for each record, until it is asked to end. */
public class Member {
  public static void main(String[] args) {
    // brokers, group, topic, then settings as name=value
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("group.id", args[1]);
    settings.put("auto.offset.reset", "latest");
    settings.put("fetch.max.wait.ms", "100");
    settings.put("isolation.level", "read_committed");
    settings.put("key.deserializer", StringDeserializer.class.getName());
    settings.put("value.deserializer", ByteArrayDeserializer.class.getName());
    for (int at = 3; at < args.length; at += 1) {
      String[] pair = args[at].split("=", 2);
      settings.put(pair[0], pair[1]);
    }
    KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(settings);
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      consumer.wakeup();
      try {
        main.join(5000);
      } catch (InterruptedException ignored) {
        // It ends anyway.
      }
    }));
    try {
      consumer.subscribe(List.of(args[2]));
      while (true) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          System.out.println("{\"key\":\"" + record.key() + "\",\"sentMs\":" + record.timestamp() + ",\"atMs\":"
              + System.currentTimeMillis() + "}");
        }
        System.out.flush();
      }
    } catch (WakeupException ended) {
      // It was asked to.
    } finally {
      consumer.close();
    }
  }
}
