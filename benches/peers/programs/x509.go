// Go's crypto/x509, as crypto/tls's server does: what is presented is parsed, and verified for
// client authentication. Verify knows no lists. The commands are those of peer.h.
package main

import (
	"bufio"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

var (
	root, intermediate *x509.Certificate
	intermediateDER    []byte
	leaves             [][]byte
	parsedLeaves       []*x509.Certificate
	roots              = x509.NewCertPool()
)

func main() {
	// So that collecting garbage counts, too.
	runtime.GOMAXPROCS(1)
	folder := os.Args[1]
	root = parse(file(folder, "root"))
	roots.AddCert(root)
	if intermediateDER = file(folder, "intermediate"); intermediateDER != nil {
		intermediate = parse(intermediateDER)
	}
	for {
		leaf := file(folder, fmt.Sprintf("leaf-%d", len(leaves)))
		if leaf == nil {
			break
		}
		leaves = append(leaves, leaf)
		parsedLeaves = append(parsedLeaves, parse(leaf))
	}
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var name string
		var warm, passes, first int
		if n, _ := fmt.Sscanf(lines.Text(), "judge %s", &name); n == 1 {
			fmt.Println(map[bool]string{true: "passes", false: "fails"}[verify(file(folder, name))])
		} else if n, _ := fmt.Sscanf(lines.Text(), "verify %d %d %d", &warm, &passes, &first); n == 3 {
			fmt.Println(measure(func(number int) bool { return verify(leaves[number]) }, warm, passes, first))
		} else if n, _ := fmt.Sscanf(lines.Text(), "floor %d %d %d", &warm, &passes, &first); n == 3 {
			fmt.Println(measure(check, warm, passes, first))
		} else {
			panic("an unknown command")
		}
	}
}

func verify(leaf []byte) bool {
	certificate, err := x509.ParseCertificate(leaf)
	if err != nil {
		return false
	}
	options := x509.VerifyOptions{
		Roots:         roots,
		Intermediates: x509.NewCertPool(),
		CurrentTime:   time.Now(),
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if intermediateDER != nil {
		presented, err := x509.ParseCertificate(intermediateDER)
		if err != nil {
			return false
		}
		options.Intermediates.AddCert(presented)
	}
	_, err = certificate.Verify(options)
	return err == nil
}

func check(number int) bool {
	issuer := root
	if intermediate != nil {
		if !isSigned(intermediate, root) {
			return false
		}
		issuer = intermediate
	}
	return isSigned(parsedLeaves[number], issuer)
}

func isSigned(certificate, issuer *x509.Certificate) bool {
	return issuer.CheckSignature(certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature) == nil
}

func measure(passes func(int) bool, warm, count, first int) int64 {
	pass := func(number int) {
		if !passes(number) {
			panic("a good leaf did not pass")
		}
	}
	for i := 0; i < warm; i++ {
		pass((first + len(leaves) - 1 - i%len(leaves)) % len(leaves))
	}
	started := processorTime()
	for i := 0; i < count; i++ {
		pass((first + i) % len(leaves))
	}
	return processorTime() - started
}

// What this process has had of processors, in nanoseconds.
func processorTime() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func parse(der []byte) *x509.Certificate {
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return certificate
}

// The file's octets, or nil if there is none.
func file(folder, name string) []byte {
	der, err := os.ReadFile(filepath.Join(folder, name+".der"))
	if err != nil {
		return nil
	}
	return der
}
