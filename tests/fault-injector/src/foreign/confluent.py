# Writes what comes on stdin, `topic<TAB>key<TAB>value` a line, by librdkafka with its default partitioner.
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": sys.argv[1]})
failures = []


def delivered(error, _message):
    if error is not None:
        failures.append(str(error))


for line in sys.stdin:
    topic, key, value = line.rstrip("\n").split("\t", 2)
    producer.produce(topic, key=key, value=value, on_delivery=delivered)
producer.flush(30)
if failures:
    sys.exit(f"{len(failures)} failed: {failures[0]}")
