// Asks Go's crypto/x509 whether client chains pass.
//
// Standard input holds questions: the time in seconds since 1970 (8 bytes), then the trust store and
// what is presented, each a count and that many certificates with their lengths (4 bytes each). All
// numbers are big-endian. For each question a byte is written: 1 if the chain passes, 0 if not.
// Go looks at no CRL here.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/binary"
	"io"
	"os"
	"time"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	for {
		var seconds int64
		if err := binary.Read(in, binary.BigEndian, &seconds); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		store := readCertificates(in)
		presented := readCertificates(in)
		answer := byte(0)
		if passes(store, presented, time.Unix(seconds, 0)) {
			answer = 1
		}
		if _, err := os.Stdout.Write([]byte{answer}); err != nil {
			panic(err)
		}
	}
}

func passes(store, presented [][]byte, now time.Time) bool {
	if len(presented) == 0 {
		return false
	}
	leaf, err := x509.ParseCertificate(presented[0])
	if err != nil {
		return false
	}
	_, err = leaf.Verify(x509.VerifyOptions{
		Roots:         pool(store),
		Intermediates: pool(presented[1:]),
		CurrentTime:   now,
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return err == nil
}

// What can't be read is left out.
func pool(certificates [][]byte) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, der := range certificates {
		if certificate, err := x509.ParseCertificate(der); err == nil {
			pool.AddCert(certificate)
		}
	}
	return pool
}

func readCertificates(in io.Reader) [][]byte {
	certificates := make([][]byte, readLength(in))
	for index := range certificates {
		certificates[index] = make([]byte, readLength(in))
		if _, err := io.ReadFull(in, certificates[index]); err != nil {
			panic(err)
		}
	}
	return certificates
}

func readLength(in io.Reader) uint32 {
	var length uint32
	if err := binary.Read(in, binary.BigEndian, &length); err != nil {
		panic(err)
	}
	return length
}
