// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC721Utils} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Utils.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ExchangeBase} from "./ExchangeBase.sol";
import {IExchangeTrade} from "./IExchange.sol";
import {AccountSlot} from "./lib/AccountSlot.sol";
import {CardSlot, CardSlots} from "./lib/CardSlot.sol";
import {Features} from "./lib/Features.sol";
import {Money} from "./lib/Money.sol";
import {Orders} from "./lib/Orders.sol";
import {IERC6454, IERC6672, IERC7858, IERC7943NonFungible} from "./interfaces/Standards.sol";

/// @title The exchange: card token (ERC-721) and market in one contract, one storage word per card.
/// @notice A sale changes three words of this contract: the card, the seller's and the buyer's account. There is no order
/// book and no order status: an order is a signature, valid while the card's nonce is the one it names.
/// @dev What is not here answers from `EXTENSION` at this address, see `ExchangeBase`.
contract Exchange is ExchangeBase, IExchangeTrade, IERC721 {
    using Orders for *;

    address private immutable EXTENSION;

    /// @param extension_ an ExchangeExtension deployed with the same configuration. Reverts ConfigMismatch.
    constructor(Config memory config_, address extension_) ExchangeBase(config_) {
        _requireSameConfig(config_, extension_);
        EXTENSION = extension_;
        // Fractionalised cards are held here.
        AccountSlot own;
        _accounts[address(this)] = own.withKyc(type(uint40).max, 0);
    }

    /// @dev Every other selector. No value is accepted.
    fallback() external {
        _delegate(EXTENSION);
    }

    /// @inheritdoc IExchangeTrade
    function multicall(bytes[] calldata calls) external returns (bytes[] memory results) {
        results = new bytes[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            results[i] = Address.functionDelegateCall(address(this), calls[i]);
        }
    }

    // ------------------------------------------------------------------ minting

    /// @inheritdoc IExchangeTrade
    function mint(Attest calldata attest, bytes calldata verifierSignature) external business(Features.MINT) {
        address verifier = _attested(attest.hash(), attest.deadline, verifierSignature);
        _admitHolder(attest.holder, 1);
        _mint(attest.cardId, attest.holder, attest.holder, attest.issuerClass, 0);
        emit Minted(attest.cardId, attest.holder, verifier, attest.issuerClass, attest.secretCommit);
    }

    /// @inheritdoc IExchangeTrade
    function mintBatch(BatchAttest calldata attest, MintItem[] calldata items, bytes calldata verifierSignature)
        external
        business(Features.MINT)
    {
        address verifier = _attested(attest.hash(), attest.deadline, verifierSignature);
        if (_hashItems(items) != attest.itemsHash) revert BadTerms();
        address holder = attest.holder;
        _admitHolder(holder, uint64(items.length));
        for (uint256 i = 0; i < items.length; ++i) {
            _mint(items[i].cardId, holder, holder, items[i].issuerClass, 0);
        }
        emit BatchMinted(holder, verifier, attest.itemsHash, items.length);
    }

    function _attested(bytes32 structHash, uint256 deadline, bytes calldata signature)
        private
        view
        returns (address verifier)
    {
        if (block.timestamp > deadline) revert Expired(deadline);
        (verifier,) = _requireSigner(SignerKind.VERIFIER, structHash, signature);
    }

    function _admitHolder(address holder, uint64 count) private {
        AccountSlot account = _accounts[holder];
        _admit(holder, account, block.timestamp);
        _accounts[holder] = account.plus(count);
    }

    /// @dev The word of a new card. `owner` differs from `holder` when the first sale follows at once, at nonce 1.
    function _mint(uint256 cardId, address holder, address owner, uint16 issuerClass, uint32 nonce) private {
        _unexpired(cardId, block.timestamp);
        uint256 key = _key(cardId);
        if (CardSlot.unwrap(_cards[key]) != 0) revert AlreadyMinted(cardId);
        _cards[key] = CardSlots.pack(owner, nonce, uint40(cardId), State.ACTIVE, issuerClass);
        emit Transfer(address(0), holder, cardId);
    }

    function _hashItems(MintItem[] calldata items) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let size := mul(items.length, 96)
            let free := mload(0x40)
            calldatacopy(free, items.offset, size)
            digest := keccak256(free, size)
        }
    }

    // ------------------------------------------------------------------ sales

    /// @inheritdoc IExchangeTrade
    function buy(Listing calldata listing, bytes calldata sellerSignature) external business(Features.SALE) {
        CardSlot card = _listed(listing, sellerSignature);
        _sell(card, _saleOf(listing, msg.sender, listing.price), listing.delivery);
    }

    /// @inheritdoc IExchangeTrade
    function buyMany(Listing[] calldata listings, bytes[] calldata sellerSignatures) external business(Features.SALE) {
        if (listings.length != sellerSignatures.length) revert LengthMismatch();
        address seller;
        uint256 owed;
        uint256 taken;
        for (uint256 i = 0; i < listings.length; ++i) {
            Listing calldata listing = listings[i];
            if (listing.delivery != Delivery.VAULT) revert WrongFill();
            CardSlot card = _listed(listing, sellerSignatures[i]);
            if (card.owner() != seller) {
                // A run of one seller's listings ends: one transfer for all of it.
                _pull(msg.sender, seller, owed);
                (seller, owed) = (card.owner(), 0);
            }
            (uint256 net, uint256 cut) = _exchange(card, _saleOf(listing, msg.sender, listing.price));
            owed += net;
            taken += cut;
        }
        _pull(msg.sender, seller, owed);
        _pull(msg.sender, address(this), taken);
        _solvent();
    }

    /// @inheritdoc IExchangeTrade
    function buyLazy(
        Attest calldata attest,
        bytes calldata verifierSignature,
        Listing calldata listing,
        bytes calldata sellerSignature
    ) external business(Features.SALE | Features.MINT) {
        address verifier = _attested(attest.hash(), attest.deadline, verifierSignature);
        address seller = attest.holder;
        _requireTaker(listing.taker);
        if (listing.cardId != attest.cardId) revert BadTerms();
        if (listing.delivery != Delivery.VAULT) revert WrongFill();
        if (listing.nonce != 0) revert WrongNonce(0, listing.nonce);
        if (block.timestamp > listing.deadline) revert Expired(listing.deadline);
        if (seller == msg.sender) revert SelfTrade(seller);
        _requirePrice(listing.price);
        _requireSigned(seller, listing.hash(), sellerSignature);
        // As `mint` asks of the holder and `buy` of the buyer; the holder's balance would go up and down again.
        _admit(seller, _accounts[seller], block.timestamp);
        _admitHolder(msg.sender, 1);
        _mint(attest.cardId, seller, msg.sender, attest.issuerClass, 1);
        emit Minted(attest.cardId, seller, verifier, attest.issuerClass, attest.secretCommit);
        emit Transfer(seller, msg.sender, attest.cardId);
        Sale memory sale = _saleOf(listing, msg.sender, listing.price);
        (uint256 net, uint256 taken) = _share(sale, seller);
        _collect(sale, seller, net, taken);
    }

    /// @inheritdoc IExchangeTrade
    function buyDutch(DutchTerms calldata terms, bytes calldata sellerSignature, uint96 maxPrice)
        external
        business(Features.DUTCH)
    {
        CardSlot card = _sellable(terms.cardId, block.timestamp);
        _requireOrder(card, terms.nonce, terms.endsAt);
        if (block.timestamp < terms.startsAt) revert NotStarted(terms.startsAt);
        if (terms.endPrice > terms.startPrice || terms.startsAt >= terms.endsAt) revert BadTerms();
        uint256 price = _dutchPrice(terms);
        if (price > maxPrice) revert PriceAboveMax(price, maxPrice);
        _requirePrice(price);
        _requireSigned(card.owner(), terms.hash(), sellerSignature);
        _sell(
            card, Sale(terms.cardId, msg.sender, price, terms.feeBps, terms.charityBps, terms.charityId), terms.delivery
        );
    }

    /// @dev A straight line from (startsAt, startPrice) to (endsAt, endPrice); the fall is rounded down, so the price up.
    function _dutchPrice(DutchTerms calldata terms) private view returns (uint256) {
        uint256 fall = uint256(terms.startPrice - terms.endPrice) * (block.timestamp - terms.startsAt)
            / (terms.endsAt - terms.startsAt);
        return terms.startPrice - fall;
    }

    /// @inheritdoc IExchangeTrade
    function acceptBid(Bid calldata bid_, bytes calldata bidderSignature, uint16 charityBps, uint16 charityId)
        external
        business(Features.BID)
    {
        CardSlot card = _offered(bid_, bidderSignature);
        if (card.owner() != msg.sender) revert NotOwner(bid_.cardId, msg.sender);
        if (bid_.session != address(0)) revert WrongFill();
        _sell(card, Sale(bid_.cardId, bid_.bidder, bid_.price, bid_.feeBps, charityBps, charityId), Delivery.VAULT);
    }

    /// @inheritdoc IExchangeTrade
    function matchOrders(
        Listing calldata listing,
        bytes calldata sellerSignature,
        Bid calldata bid_,
        bytes calldata bidderSignature
    ) external business(Features.SALE | Features.BID) {
        CardSlot card = _listed(listing, sellerSignature);
        _offered(bid_, bidderSignature);
        if (bid_.cardId != listing.cardId) revert BadTerms();
        if (bid_.session != address(0)) revert WrongFill();
        if (bid_.price < listing.price) revert PriceBelowListing(bid_.price, listing.price);
        _sell(card, _saleOf(listing, bid_.bidder, bid_.price), listing.delivery);
    }

    /// @inheritdoc IExchangeTrade
    function deliver(Bid calldata bid_, bytes calldata bidderSignature, SealedSecret calldata secret)
        external
        business(Features.DVP)
        returns (bytes32 recordHash)
    {
        CardSlot card = _offered(bid_, bidderSignature);
        if (card.owner() != msg.sender) revert NotOwner(bid_.cardId, msg.sender);
        if (bid_.session == address(0)) revert WrongFill();
        DeliveryRecord memory record = DeliveryRecord({
            cardId: bid_.cardId,
            seller: msg.sender,
            buyer: bid_.bidder,
            price: bid_.price,
            session: bid_.session,
            secretCommit: bid_.secretCommit,
            nonce: bid_.nonce,
            until: uint40(block.timestamp + CLAIM_WINDOW),
            secret: secret
        });
        // The card's nonce makes the record unique: it cannot be delivered at this nonce again.
        recordHash = keccak256(abi.encode(record));
        uint256 bond = bid_.price + (uint256(bid_.price) * BOND_EXTRA_BPS + BPS - 1) / BPS;
        _lock(msg.sender, bond);
        _deliveries[recordHash] = bond;
        emit Delivered(bid_.cardId, recordHash, record);
        _sell(card, Sale(bid_.cardId, bid_.bidder, bid_.price, bid_.feeBps, 0, 0), Delivery.VAULT);
    }

    /// @inheritdoc IExchangeTrade
    function swap(SwapOffer calldata offer, bytes calldata makerSignature) external business(Features.SWAP) {
        CardSlot give = _sellable(offer.give, block.timestamp);
        CardSlot want = _sellable(offer.want, block.timestamp);
        address maker = give.owner();
        if (want.owner() != msg.sender) revert NotOwner(offer.want, msg.sender);
        if (maker == msg.sender) revert SelfTrade(maker);
        _requireOrder(give, offer.nonce, offer.deadline);
        _requireEpoch(maker, offer.epoch);
        if (offer.topUp > PRICE_CAP) revert PriceAboveCap(offer.topUp, PRICE_CAP);
        _requireSigned(maker, offer.hash(), makerSignature);
        _move(offer.give, give, msg.sender);
        _move(offer.want, want, maker);
        emit Swapped(offer.give, offer.want, maker, msg.sender, offer.topUp, offer.makerPays);
        if (offer.topUp == 0) return;
        // The top-up is paid for the dearer card; whoever gives that card is the seller of the difference.
        (uint256 sold, address seller, address buyer) =
            offer.makerPays ? (offer.want, msg.sender, maker) : (offer.give, maker, msg.sender);
        Sale memory sale = Sale(sold, buyer, offer.topUp, offer.feeBps, 0, 0);
        (uint256 net, uint256 taken) = _share(sale, seller);
        _collect(sale, seller, net, taken);
    }

    /// @inheritdoc IExchangeTrade
    function cancelOrders(uint256 cardId) external {
        CardSlot card = _cardIn(cardId, State.ACTIVE);
        if (card.owner() != msg.sender) revert NotOwner(cardId, msg.sender);
        card = card.bumped();
        _store(cardId, card);
        emit OrdersCancelled(cardId, card.nonce());
    }

    /// @inheritdoc IExchangeTrade
    function cancelBids() external {
        AccountSlot account = _accounts[msg.sender].withNextEpoch();
        _accounts[msg.sender] = account;
        emit BidsCancelled(msg.sender, account.epoch());
    }

    /// @dev The card of a valid listing that the caller may take.
    function _listed(Listing calldata listing, bytes calldata signature) private view returns (CardSlot card) {
        _requireTaker(listing.taker);
        card = _sellable(listing.cardId, block.timestamp);
        _requireOrder(card, listing.nonce, listing.deadline);
        _requirePrice(listing.price);
        _requireSigned(card.owner(), listing.hash(), signature);
    }

    /// @dev The card of a valid bid.
    function _offered(Bid calldata bid_, bytes calldata signature) private view returns (CardSlot card) {
        card = _sellable(bid_.cardId, block.timestamp);
        _requireOrder(card, bid_.nonce, bid_.deadline);
        _requireEpoch(bid_.bidder, bid_.epoch);
        _requirePrice(bid_.price);
        _requireSigned(bid_.bidder, bid_.hash(), signature);
    }

    function _requireTaker(address taker) private view {
        if (taker != address(0) && taker != msg.sender) revert NotTaker(taker);
    }

    function _requireEpoch(address account, uint32 epoch) private view {
        uint32 current = _accounts[account].epoch();
        if (current != epoch) revert WrongEpoch(current, epoch);
    }

    function _saleOf(Listing calldata listing, address buyer, uint256 price) private pure returns (Sale memory) {
        return Sale(listing.cardId, buyer, price, listing.feeBps, listing.charityBps, listing.charityId);
    }

    /// @dev Against money that the buyer has approved: settled at once, or held for the issuer.
    function _sell(CardSlot card, Sale memory sale, Delivery delivery) private {
        if (delivery == Delivery.REISSUE) {
            _requireFeature(Features.REISSUE);
            // The buyer must still be admitted when the issuer signs.
            _admit(sale.buyer, _accounts[sale.buyer], block.timestamp + REISSUE_WINDOW);
            _hold(card, sale);
            _reserve(sale.price);
            _pull(sale.buyer, address(this), sale.price);
            _solvent();
        } else {
            address seller = card.owner();
            (uint256 net, uint256 taken) = _exchange(card, sale);
            _collect(sale, seller, net, taken);
        }
    }

    function _collect(Sale memory sale, address seller, uint256 net, uint256 taken) private {
        _pull(sale.buyer, seller, net);
        _pull(sale.buyer, address(this), taken);
        if (sale.charityBps != 0) _solvent();
    }

    // ------------------------------------------------------------------ English auction

    /// @inheritdoc IExchangeTrade
    function openAuction(AuctionTerms calldata terms, bytes calldata sellerSignature, uint96 amount)
        external
        business(Features.ENGLISH)
    {
        uint256 end = block.timestamp + terms.duration;
        uint256 hardEnd = end + EXTENSION_MAX;
        CardSlot card = _sellable(terms.cardId, hardEnd);
        _requireOrder(card, terms.nonce, terms.deadline);
        if (terms.duration < DURATION_MIN || terms.duration > DURATION_MAX) revert BadTerms();
        if (amount < terms.reserve) revert BidTooLow(amount, terms.reserve);
        _requireSplit(amount, terms.feeBps, terms.charityBps, terms.charityId);
        if (terms.delivery == Delivery.REISSUE) _requireFeature(Features.REISSUE);
        address seller = card.owner();
        _requireSigned(seller, terms.hash(), sellerSignature);
        if (_accounts[seller].frozen()) revert IERC7943NonFungible.ERC7943CannotSend(seller);
        _store(terms.cardId, card.withState(State.AUCTION));
        _auctions[terms.cardId] = AuctionRecord({
            bidder: msg.sender,
            amount: amount,
            end: uint40(end),
            hardEnd: uint40(hardEnd),
            feeBps: terms.feeBps,
            charityBps: terms.charityBps,
            charityId: terms.charityId,
            delivery: terms.delivery
        });
        _takeBid(terms.cardId, seller, amount, end, hardEnd);
        _solvent();
    }

    /// @inheritdoc IExchangeTrade
    function bid(uint256 cardId, uint96 amount) external business(Features.ENGLISH) {
        CardSlot card = _cardIn(cardId, State.AUCTION);
        AuctionRecord memory auction = _auctions[cardId];
        if (block.timestamp >= auction.end) revert AuctionEnded(auction.end);
        // Rounded up, and so at least one fen more.
        uint256 needed = auction.amount + (auction.amount * STEP_BPS + BPS - 1) / BPS;
        if (amount < needed) revert BidTooLow(amount, needed);
        address outbid = auction.bidder;
        uint256 refund = auction.amount;
        if (auction.end - block.timestamp < EXTENSION_STEP) {
            uint256 extended = block.timestamp + EXTENSION_STEP;
            auction.end = extended < auction.hardEnd ? uint40(extended) : auction.hardEnd;
        }
        auction.bidder = msg.sender;
        auction.amount = amount;
        _auctions[cardId] = auction;
        _unreserve(refund);
        _takeBid(cardId, card.owner(), amount, auction.end, auction.hardEnd);
        _pay(outbid, refund);
        _solvent();
    }

    /// @dev The bidder must be admitted until the auction can no longer run: his check cannot lapse in between.
    function _takeBid(uint256 cardId, address seller, uint96 amount, uint256 end, uint256 hardEnd) private {
        _requirePrice(amount);
        if (seller == msg.sender) revert SelfTrade(seller);
        _admit(msg.sender, _accounts[msg.sender], hardEnd);
        emit AuctionBid(cardId, msg.sender, amount, uint40(end));
        _reserve(amount);
        _pull(msg.sender, address(this), amount);
    }

    /// @inheritdoc IExchangeTrade
    function settleAuction(uint256 cardId) external exit {
        CardSlot card = _cardIn(cardId, State.AUCTION);
        AuctionRecord memory auction = _auctions[cardId];
        if (block.timestamp < auction.end) revert AuctionRunning(auction.end);
        delete _auctions[cardId];
        _conclude(
            card,
            Sale(cardId, auction.bidder, auction.amount, auction.feeBps, auction.charityBps, auction.charityId),
            auction.delivery
        );
    }

    // ------------------------------------------------------------------ purse, use

    /// @inheritdoc IExchangeTrade
    function deposit(uint96 amount) external business(0) {
        if (FEATURES & (Features.DVP | Features.SEALED) == 0) revert FeatureOff();
        Purse memory purse = _purses[msg.sender];
        _setPurse(msg.sender, purse.free + amount, purse.locked);
        _reserve(amount);
        _pull(msg.sender, address(this), amount);
        _solvent();
    }

    /// @inheritdoc IExchangeTrade
    function withdraw(address to, uint96 amount) external exit {
        Purse memory purse = _purses[msg.sender];
        if (purse.free < amount) revert InsufficientPurse(purse.free, amount);
        _setPurse(msg.sender, purse.free - amount, purse.locked);
        _unreserve(amount);
        if (!Money.push(address(MONEY), to, amount)) revert MoneyFailed();
    }

    /// @inheritdoc IExchangeTrade
    function burn(uint256 cardId) external exit {
        CardSlot card = _cardIn(cardId, State.ACTIVE);
        if (card.owner() != msg.sender) revert NotOwner(cardId, msg.sender);
        AccountSlot account = _accounts[msg.sender];
        if (account.frozen()) revert IERC7943NonFungible.ERC7943CannotSend(msg.sender);
        _accounts[msg.sender] = account.minusOne();
        _store(cardId, card.bumped().withOwner(address(0)).withState(State.REDEEMED));
        emit Transfer(msg.sender, address(0), cardId);
    }

    // ------------------------------------------------------------------ ERC-721

    /// @inheritdoc IERC721
    function balanceOf(address account) external view returns (uint256) {
        if (account == address(0)) revert IERC721Errors.ERC721InvalidOwner(address(0));
        return _accounts[account].balance();
    }

    /// @inheritdoc IERC721
    function ownerOf(uint256 cardId) external view returns (address) {
        return _live(cardId).owner();
    }

    /// @inheritdoc IERC721
    function approve(address spender, uint256 cardId) external {
        CardSlot card = _live(cardId);
        address owner = card.owner();
        if (owner != msg.sender && !_operators[owner][msg.sender]) {
            revert IERC721Errors.ERC721InvalidApprover(msg.sender);
        }
        _approvals[cardId] = Permission(spender, card.nonce());
        emit Approval(owner, spender, cardId);
    }

    /// @inheritdoc IERC721
    function getApproved(uint256 cardId) external view returns (address) {
        return _approved(cardId, _live(cardId));
    }

    /// @inheritdoc IERC721
    function setApprovalForAll(address operator, bool approved) external {
        if (operator == address(0)) revert IERC721Errors.ERC721InvalidOperator(operator);
        _operators[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    /// @inheritdoc IERC721
    function isApprovedForAll(address owner, address operator) external view returns (bool) {
        return _operators[owner][operator];
    }

    /// @inheritdoc IERC721
    function transferFrom(address from, address to, uint256 cardId) external business(Features.TRANSFER) {
        _transferFrom(from, to, cardId);
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address from, address to, uint256 cardId) external business(Features.TRANSFER) {
        _transferFrom(from, to, cardId);
        ERC721Utils.checkOnERC721Received(msg.sender, from, to, cardId, "");
    }

    /// @inheritdoc IERC721
    function safeTransferFrom(address from, address to, uint256 cardId, bytes calldata data)
        external
        business(Features.TRANSFER)
    {
        _transferFrom(from, to, cardId);
        ERC721Utils.checkOnERC721Received(msg.sender, from, to, cardId, data);
    }

    function _transferFrom(address from, address to, uint256 cardId) private {
        CardSlot card = _live(cardId);
        address owner = card.owner();
        if (owner != from) revert IERC721Errors.ERC721IncorrectOwner(from, cardId, owner);
        if (msg.sender != from && !_operators[from][msg.sender] && _approved(cardId, card) != msg.sender) {
            revert IERC721Errors.ERC721InsufficientApproval(msg.sender, cardId);
        }
        if (card.state() == State.FROZEN) revert IERC7943NonFungible.ERC7943InsufficientUnfrozenBalance(from, cardId);
        if (card.state() != State.ACTIVE) revert IERC7943NonFungible.ERC7943CannotTransfer(from, to, cardId);
        if (!_isAdmitted(to)) revert IERC7943NonFungible.ERC7943CannotReceive(to);
        _move(cardId, card, to);
    }

    function _approved(uint256 cardId, CardSlot card) private view returns (address) {
        Permission memory approval = _approvals[cardId];
        return approval.nonce == card.nonce() ? approval.spender : address(0);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC721).interfaceId
            || interfaceId == type(IERC721Metadata).interfaceId || interfaceId == type(IERC7943NonFungible).interfaceId
            || interfaceId == type(IERC7858).interfaceId || interfaceId == type(IERC6672).interfaceId
            || interfaceId == type(IERC6454).interfaceId || interfaceId == bytes4(0x49064906);
    }
}
