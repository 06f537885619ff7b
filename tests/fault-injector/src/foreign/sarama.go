// Writes what comes on stdin, `topic<TAB>key<TAB>value` a line, by Sarama with its default partitioner: what Dapr uses.
package main

import (
	"bufio"
	"log"
	"os"
	"strings"

	"github.com/Shopify/sarama"
)

func main() {
	config := sarama.NewConfig()
	config.Version = sarama.V2_1_0_0
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Return.Successes = true
	producer, err := sarama.NewSyncProducer([]string{os.Args[1]}, config)
	if err != nil {
		log.Fatal(err)
	}
	defer producer.Close()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		parts := strings.SplitN(lines.Text(), "\t", 3)
		message := &sarama.ProducerMessage{
			Topic: parts[0],
			Key:   sarama.StringEncoder(parts[1]),
			Value: sarama.StringEncoder(parts[2]),
		}
		if _, _, err := producer.SendMessage(message); err != nil {
			log.Fatal(err)
		}
	}
}
